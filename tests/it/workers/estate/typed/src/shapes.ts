export interface Named {
  name: string;
}

export type Env = {
  GREETING?: string;
};
