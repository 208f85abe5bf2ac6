/** A line of a log with timestamps: RFC 3339 with nanoseconds, a space, the line (k8s kubelet/types RFC3339NanoFixed). */
const STAMP = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?(Z|[+-]\d\d:\d\d)$/;
/** Characters of the longest timestamp, with the space behind it. */
const MAX_STAMP = 36;

/** Characters of a kubelet's words that are kept. */
const MAX_FOREIGN = 300;

const SPACE = 0x20;
const LINE_END = 0x0a;

/** In which part of a line we are: before its timestamp, in its text, in text that was given before or that no container wrote. */
type Place = 'stamp' | 'text' | 'old' | 'foreign';

/** Where in a log we are: what was taken last, so that reading it again from there neither leaves out nor repeats a byte. */
export class LogCursor {
  /** Timestamp of the line that was begun last, and how many lines with the same one are whole. */
  #stamp = '';
  #whole = 0;
  /** Bytes of the line which is not whole: how many were given, and how many have come since the log was opened last. */
  #given = 0;
  #seen = 0;
  /** What comes again after the log was opened again: everything before a moment, and so many lines of it. */
  #again: { readonly at: bigint; lines: number } | undefined;
  #place: Place = 'stamp';
  #foreign = '';
  #head = Buffer.alloc(0);

  /** From which moment the log has to be read again; undefined: from its beginning. */
  get since(): string | undefined {
    return this.#stamp === '' ? undefined : this.#stamp;
  }

  /** The last line that no container wrote, since the log was opened last: the kubelet says in it why there is no more. */
  get foreign(): string {
    return this.#foreign.trim();
  }

  /** The log is read again from `since`, of which the seconds alone may count: what was taken already comes again. */
  reopened(): void {
    this.#head = Buffer.alloc(0);
    this.#place = 'stamp';
    this.#foreign = '';
    const at = nanoseconds(this.#stamp);
    this.#again = at === undefined ? undefined : { at, lines: this.#whole };
  }

  /** What is new of what the container wrote in some bytes of the log, without timestamps. */
  take(bytes: Buffer): Buffer {
    const parts: Buffer[] = [];
    let rest = Buffer.concat([this.#head, bytes]);
    this.#head = Buffer.alloc(0);
    while (rest.length > 0) {
      if (this.#place === 'stamp') {
        const length = this.#begin(rest);
        if (length === undefined) {
          this.#head = rest;
          break;
        }
        rest = rest.subarray(length);
        continue;
      }
      const end = rest.indexOf(LINE_END);
      const text = end < 0 ? rest : rest.subarray(0, end + 1);
      rest = rest.subarray(text.length);
      parts.push(this.#news(text));
      if (end >= 0) this.#ended();
    }
    return Buffer.concat(parts);
  }

  /** Takes a timestamp; its length with the space behind it, 0 where a line has none, undefined where there is more to come. */
  #begin(rest: Buffer): number | undefined {
    const space = rest.subarray(0, MAX_STAMP).indexOf(SPACE);
    if (space < 0 && rest.length < MAX_STAMP && !rest.includes(LINE_END)) return undefined;
    const stamp = space < 0 ? '' : rest.toString('latin1', 0, space);
    const at = nanoseconds(stamp);
    if (at === undefined) {
      this.#place = 'foreign';
      this.#foreign = '';
      return 0;
    }
    this.#place = this.#placeOf(stamp, at);
    return space + 1;
  }

  #placeOf(stamp: string, at: bigint): Place {
    const again = this.#again;
    if (again !== undefined && (at < again.at || (at === again.at && again.lines > 0))) {
      if (at === again.at) again.lines -= 1;
      return 'old';
    }
    this.#again = undefined;
    this.#seen = 0;
    // The line of which a part was given goes on.
    if (again === undefined || at > again.at) this.#given = 0;
    if (stamp !== this.#stamp) this.#whole = 0;
    this.#stamp = stamp;
    return 'text';
  }

  #news(text: Buffer): Buffer {
    if (this.#place === 'foreign') this.#foreign = `${this.#foreign}${text.toString('utf8')}`.slice(0, MAX_FOREIGN);
    if (this.#place === 'foreign' || this.#place === 'old') return Buffer.alloc(0);
    const known = Math.min(Math.max(this.#given - this.#seen, 0), text.length);
    this.#seen += text.length;
    this.#given = Math.max(this.#given, this.#seen);
    return text.subarray(known);
  }

  #ended(): void {
    if (this.#place === 'text') {
      this.#whole += 1;
      this.#given = 0;
    }
    this.#place = 'stamp';
  }
}

const NANOSECONDS = 1_000_000_000n;
const DIGITS = 9;

/** Nanoseconds since the epoch; undefined where it is no timestamp. */
function nanoseconds(stamp: string): bigint | undefined {
  const [, seconds, fraction = '', zone] = STAMP.exec(stamp) ?? [];
  if (seconds === undefined || zone === undefined) return undefined;
  const ms = Date.parse(`${seconds}${zone}`);
  return Number.isNaN(ms) ? undefined : (BigInt(ms) / 1000n) * NANOSECONDS + BigInt(fraction.padEnd(DIGITS, '0'));
}
