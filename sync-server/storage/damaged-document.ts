// What reading a document answers when a row of it does not fit its checksum, or is not there: nothing of it, never a part.

export class DamagedDocument extends Error {
  readonly docId: string;

  constructor(docId: string) {
    super(`The stored rows of ${docId} are damaged. Restore the newest backup; devices send again what they hold.`);
    this.docId = docId;
  }
}

/** Undefined when the document is damaged. */
export function unlessDamaged<Value>(read: () => Value): Value | undefined {
  try {
    return read();
  } catch (error) {
    if (error instanceof DamagedDocument) return undefined;
    throw error;
  }
}
