export enum Level {
  Low,
  High = 1 << 2,
  Higher,
  Name = "name",
}

declare const unused: string;

export function describe(level: Level): string {
  switch (level) {
    case Level.Low:
      return "low";
    case Level.High:
    case Level.Higher:
      return `high (${Level[level]})`;
    default:
      return String(level satisfies string);
  }
}
