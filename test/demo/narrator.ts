/** How many lines of an output are shown before it is cut, so that the story fits a screen per chapter. */
const LINES_SHOWN = 14;

/** Tells the story: what is done, what came out, and whether that was expected. */
export class Narrator {
  #chapter = 0;
  #kept = 0;
  readonly #broken: string[] = [];

  /** Begins a chapter. */
  chapter(title: string): void {
    this.#chapter += 1;
    this.#write(`\n${this.#chapter}. ${title}`);
  }

  /** Shows a command as it is typed. */
  command(args: readonly string[]): void {
    this.#write(`   $ kubectl ${args.map(quoted).join(' ')}`);
  }

  /** Shows what a command wrote. */
  output(text: string): void {
    const lines = text.trimEnd().split('\n');
    for (const line of lines.slice(0, LINES_SHOWN)) this.#write(`   ${line}`);
    if (lines.length > LINES_SHOWN) this.#write(`   ... ${lines.length - LINES_SHOWN} more lines`);
  }

  /** One expectation, and whether it came true. */
  expect(claim: string, isTrue: boolean): void {
    if (isTrue) this.#kept += 1;
    else this.#broken.push(`${this.#chapter}. ${claim}`);
    this.#write(`   ${isTrue ? 'ok  ' : 'FAIL'} ${claim}`);
  }

  /** Sums up; whether everything came out as expected. */
  end(seconds: number): boolean {
    this.#write('');
    for (const claim of this.#broken) this.#write(`FAIL ${claim}`);
    this.#write(`${this.#kept} expectations met, ${this.#broken.length} not, in ${seconds}s`);
    return this.#broken.length === 0 && this.#kept > 0;
  }

  #write(line: string): void {
    process.stdout.write(`${line}\n`);
  }
}

function quoted(word: string): string {
  return /^[\w./:=,@-]+$/.test(word) ? word : `'${word}'`;
}
