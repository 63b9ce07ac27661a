// Finds names by what people type: without marks, in any order of words. "cau rao" finds "Cầu Rào".

export function matches(name: string, text: string): boolean {
  const plain = withoutMarks(name);
  return withoutMarks(text)
    .split(/\s+/)
    .every((word) => plain.includes(word));
}

function withoutMarks(text: string): string {
  return text.normalize('NFD').replace(/\p{M}/gu, '').replace(/[đĐ]/g, 'd').toLowerCase();
}
