// Sequence numbers of several documents as they lie in the log.

/** Ascending. */
export function joinSeqs(lists: readonly ArrayLike<number>[]): Float64Array {
  const seqs = new Float64Array(lists.reduce((total, list) => total + list.length, 0));
  let offset = 0;
  for (const list of lists) {
    seqs.set(list, offset);
    offset += list.length;
  }
  return seqs.sort();
}
