export enum Status {
  NotFound = 404,
  Teapot = 418,
}
