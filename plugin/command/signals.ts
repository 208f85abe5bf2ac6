/** Signals that end a command; a process gets them from its terminal or from whoever started it. */
const ENDINGS: readonly NodeJS.Signals[] = ['SIGINT', 'SIGTERM', 'SIGHUP'];

/** Where signals come from: the process. */
export interface SignalSource {
  on(signal: NodeJS.Signals, heard: (signal: NodeJS.Signals) => void): unknown;
  off(signal: NodeJS.Signals, heard: (signal: NodeJS.Signals) => void): unknown;
}

/** Tells commands of the signals that this process gets. Between commands it does not listen: a second one ends us then. */
export class SignalRelay {
  readonly #source: SignalSource;
  readonly #running = new Set<(signal: NodeJS.Signals) => void>();
  readonly #heard = (signal: NodeJS.Signals): void => {
    for (const tell of this.#running) tell(signal);
  };

  constructor(source: SignalSource) {
    this.#source = source;
  }

  /** Tells a command from now on. Returns what ends it. */
  add(tell: (signal: NodeJS.Signals) => void): () => void {
    if (this.#running.size === 0) for (const signal of ENDINGS) this.#source.on(signal, this.#heard);
    this.#running.add(tell);
    return () => {
      this.#running.delete(tell);
      if (this.#running.size === 0) for (const signal of ENDINGS) this.#source.off(signal, this.#heard);
    };
  }
}
