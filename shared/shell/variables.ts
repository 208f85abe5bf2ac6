/**
 * What a script knows of its environment, by name. What it sets itself stands over what is around it, which is shared by
 * all that run there and never copied: an object may have thousands of variables, and thousands of scripts.
 */
export class Variables {
  readonly #own = new Map<string, string>();
  readonly #around: Variables | undefined;
  #fill: ((variables: Variables) => void) | undefined;

  /** `fill` sets what is known from the beginning, when something is asked for first: most of what runs uses no variable. */
  constructor(around?: Variables, fill?: (variables: Variables) => void) {
    this.#around = around;
    this.#fill = fill;
  }

  get(name: string): string | undefined {
    const fill = this.#fill;
    this.#fill = undefined;
    fill?.(this);
    return this.#own.get(name) ?? this.#around?.get(name);
  }

  set(name: string, value: string): void {
    this.#own.set(name, value);
  }
}
