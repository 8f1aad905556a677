export function greet(user: string | undefined, title: string): string {
  const name = user?.trim() || "whoever you are";
  return `${title}: hello, ${name}`;
}
