/** A task of which only one run is under way: whoever asks meanwhile gets another run after it. */
export class OneAtATime {
  readonly #task: () => Promise<void>;
  #running: Promise<void> | undefined;
  #again = false;

  /** `task` never rejects. */
  constructor(task: () => Promise<void>) {
    this.#task = task;
  }

  /** Runs it, and resolves when a run that began after this call has ended. */
  run(): Promise<void> {
    this.#again = true;
    return this.#running ?? this.#begin();
  }

  /** Known as running before it runs: the task may ask for another run at once. */
  #begin(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<undefined>();
    this.#running = promise;
    void this.#runAll().finally(() => {
      this.#running = undefined;
      resolve(undefined);
    });
    return promise;
  }

  async #runAll(): Promise<void> {
    while (this.#again) {
      this.#again = false;
      await this.#task();
    }
  }
}
