/** Byte order marks, which say the encoding; PowerShell's `>` writes the first. */
const ENCODINGS: readonly (readonly [encoding: string, first: number, second: number])[] = [
  ['utf-16le', 0xff, 0xfe],
  ['utf-16be', 0xfe, 0xff],
];

/** The text of a file's bytes as kubectl takes them: UTF-16 where a byte order mark says so, else UTF-8. The mark goes. */
export function textFromBytes(bytes: Uint8Array): string {
  const encoding = ENCODINGS.find(([, first, second]) => bytes[0] === first && bytes[1] === second)?.[0] ?? 'utf-8';
  return new TextDecoder(encoding).decode(bytes);
}
