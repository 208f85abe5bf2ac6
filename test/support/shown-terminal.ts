/** One row of a screen. */
interface Row {
  text: string;
  /** It goes on with the row above it, which was full. */
  readonly goesOn: boolean;
}

/** What follows an escape: a control function, and the text behind it. */
const CONTROL = /^\[(\d*)([A-Za-z])([^]*)$/;

/**
 * A screen as people see it: it keeps what was written as ECMA-48 and xterm have it, and breaks lines anew when it gets
 * another width, as VTE, kitty, iTerm2, tmux and Windows Terminal do. It knows the control functions that we use.
 */
export class ShownTerminal {
  #rows: Row[] = [{ text: '', goesOn: false }];
  #row = 0;
  #column = 0;
  #columns: number;
  #height: number;
  /** The beginning of a control function whose rest has not come yet. */
  #held = '';

  constructor(columns: number, height: number) {
    this.#columns = columns;
    this.#height = height;
  }

  /** Everything on it, also what has scrolled out, without the rows at its end that are empty. */
  lines(): readonly string[] {
    const lines = this.#rows.map(({ text }) => text.trimEnd());
    return lines.slice(0, lines.findLastIndex((line) => line !== '') + 1);
  }

  write(text: string): void {
    const all = this.#held + text;
    const last = all.lastIndexOf('\u001b');
    const isCut = last >= 0 && /^(?:\[\d*)?$/.test(all.slice(last + 1));
    this.#held = isCut ? all.slice(last) : '';
    const [plain = '', ...escaped] = (isCut ? all.slice(0, last) : all).split('\u001b');
    this.#print(plain);
    for (const part of escaped) {
      const [, count = '', command = '', rest = ''] = CONTROL.exec(part) ?? [];
      this.#control(command, Number(count) || 1);
      this.#print(rest);
    }
  }

  resize(columns: number, height: number): void {
    const whole: { text: string; offset: number | undefined }[] = [];
    this.#rows.forEach(({ text, goesOn }, index) => {
      if (!goesOn) whole.push({ text: '', offset: undefined });
      const line = whole.at(-1);
      if (line === undefined) return;
      if (index === this.#row) line.offset = line.text.length + this.#column;
      line.text += text;
    });
    this.#columns = columns;
    this.#height = height;
    this.#rows = [];
    for (const { text, offset } of whole) {
      const first = this.#rows.length;
      for (let at = 0; at === 0 || at < text.length; at += columns)
        this.#rows.push({ text: text.slice(at, at + columns), goesOn: at > 0 });
      if (offset === undefined) continue;
      this.#row = Math.min(first + Math.floor(offset / columns), this.#rows.length - 1);
      this.#column = offset % columns;
    }
  }

  #print(text: string): void {
    for (const character of text) {
      if (character === '\r') this.#column = 0;
      else if (character === '\n') this.#down(false);
      else this.#put(character);
    }
  }

  #control(command: string, count: number): void {
    switch (command) {
      case 'A':
        this.#row = Math.max(0, this.#rows.length - this.#height, this.#row - count);
        return;
      case 'J':
        this.#current().text = this.#current().text.slice(0, this.#column);
        this.#rows.length = this.#row + 1;
        return;
      case 'm':
        return;
      default:
        throw new Error(`a control function that this terminal does not know: ${command}`);
    }
  }

  #put(character: string): void {
    if (this.#column >= this.#columns) {
      this.#down(true);
      this.#column = 0;
    }
    const row = this.#current();
    row.text = row.text.padEnd(this.#column).slice(0, this.#column) + character + row.text.slice(this.#column + 1);
    this.#column += 1;
  }

  #down(goesOn: boolean): void {
    this.#row += 1;
    if (this.#row === this.#rows.length) this.#rows.push({ text: '', goesOn });
  }

  #current(): Row {
    const row = this.#rows[this.#row];
    if (row === undefined) throw new Error('the cursor is outside of the screen');
    return row;
  }
}
