/** A file of an archive. */
export interface ArchivedFile {
  /** Plain ASCII; folders in it with slashes. */
  readonly name: string;
  readonly mode: number;
  readonly bytes: Buffer;
}
