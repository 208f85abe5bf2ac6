import { createHash } from 'node:crypto';

/** SHA-256 in hexadecimal digits. */
export function sha256(bytes: string | Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** A line of `checksums.txt`, as `sha256sum --check` reads it. */
export function checksumLine(name: string, bytes: string | Buffer): string {
  return `${sha256(bytes)}  ${name}\n`;
}
