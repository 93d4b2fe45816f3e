// One string for all that are equal: rows come with a string each, and a hundred thousand of them name the same few.

export function createInterner(): (text: unknown) => string {
  const known = new Map<string, string>();
  return (text) => {
    const key = String(text);
    const found = known.get(key);
    if (found !== undefined) return found;
    known.set(key, key);
    return key;
  };
}
