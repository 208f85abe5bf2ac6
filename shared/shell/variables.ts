/**
 * What a script knows of its environment, by name. What it sets itself stands over what is around it, which is shared by
 * all that run there and never copied: an object may have thousands of variables, and thousands of scripts.
 */
export class Variables {
  readonly #own: Map<string, string>;
  readonly #around: Variables | undefined;

  constructor(around?: Variables, own: Iterable<readonly [string, string]> = []) {
    this.#around = around;
    this.#own = new Map(own);
  }

  get(name: string): string | undefined {
    return this.#own.get(name) ?? this.#around?.get(name);
  }

  set(name: string, value: string): void {
    this.#own.set(name, value);
  }
}
