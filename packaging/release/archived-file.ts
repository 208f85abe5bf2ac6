/** A file of an archive. */
export interface ArchivedFile {
  /** Plain ASCII, no folder. */
  readonly name: string;
  readonly mode: number;
  readonly bytes: Buffer;
}
