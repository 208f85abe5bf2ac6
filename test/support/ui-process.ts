import type { PluginRunner, Ran, RunOptions } from './plugin-run.ts';
import { until } from './until.ts';

/** A running `kubectl maint ui`. */
export interface UiProcess extends AsyncDisposable {
  readonly port: number;
  readonly pid: number;
  readonly origin: string;
  /** The address that opens a browser: a new one after each that was used. */
  address(): string;
  said(): string;
  /** Ends it as Ctrl-C does. */
  end(): Promise<Ran>;
  signal(name: NodeJS.Signals): void;
  readonly ended: Promise<Ran>;
}

/** Starts it without opening a browser, and waits until it serves. */
export async function startUi(
  plugin: PluginRunner,
  args: readonly string[] = [],
  options: RunOptions = {},
): Promise<UiProcess> {
  const running = await plugin.start(['ui', '--no-open', ...args], options);
  const addresses = (): readonly string[] => running.said().match(/http:\/\/127\.0\.0\.1:\d+\/#token=[\w-]+/g) ?? [];
  await until('the page is served', () => addresses().length > 0, { seen: () => running.said() });
  const { port, origin } = new URL(addresses()[0] ?? '');
  const end = async (): Promise<Ran> => {
    running.signal('SIGINT');
    return running.ended;
  };
  return {
    port: Number(port),
    pid: running.pid,
    origin,
    address: () => addresses().at(-1) ?? '',
    said: () => running.said(),
    end,
    signal: (name) => {
      running.signal(name);
    },
    ended: running.ended,
    [Symbol.asyncDispose]: async () => {
      await end();
    },
  };
}
