/** Offsets of the PE format (PE32+): the header's place, the optional header in it, the entry of the certificates. */
const HEADER_AT = 0x3c;
const OPTIONAL_HEADER = 24;
const PE32_PLUS = 0x20b;
const CERTIFICATE_ENTRY = 112 + 4 * 8;

/**
 * A program for Windows without its Authenticode signature: with one that does not fit, Windows and virus scanners take
 * it for tampered; without one it is what most programs are. The signature's bytes stay, and nothing points to them.
 */
export function withoutCertificate(program: Buffer): Buffer {
  const optionalHeader = program.readUInt32LE(HEADER_AT) + OPTIONAL_HEADER;
  if (program.readUInt16LE(optionalHeader) !== PE32_PLUS) throw new Error('this is no 64-bit program for Windows');
  const unsigned = Buffer.from(program);
  unsigned.fill(0, optionalHeader + CERTIFICATE_ENTRY, optionalHeader + CERTIFICATE_ENTRY + 8);
  return unsigned;
}
