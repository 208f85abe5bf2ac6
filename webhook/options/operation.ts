import type { ClusterChoice } from '../connect.ts';
import type { ControlOptions } from '../control.ts';
import type { LogLevel } from '../log.ts';
import type { WebhookAddress } from '../controller/registration/entries.ts';
import type { ServeOptions } from '../serve.ts';
import type { WhileHeld } from '../uninstall.ts';

/** What the process was asked to do. */
export type WebhookCommand =
  | {
      readonly kind: 'serve';
      readonly cluster: ClusterChoice;
      readonly serve: ServeOptions;
      /** File with the configuration; undefined: the defaults. */
      readonly policyFile: string | undefined;
      /** How long to answer on once asked to end. */
      readonly drainMs: number;
      readonly logLevel: LogLevel;
    }
  | {
      readonly kind: 'controller';
      readonly cluster: ClusterChoice;
      readonly control: ControlOptions;
      readonly policyFile: string | undefined;
      readonly logLevel: LogLevel;
    }
  | {
      readonly kind: 'configuration';
      readonly address: WebhookAddress;
      readonly caFile: string | undefined;
      readonly policyFile: string | undefined;
      readonly failurePolicy: 'Ignore' | 'Fail';
    }
  /** What the chart's hook and test ask for. */
  | { readonly kind: 'uninstall'; readonly cluster: ClusterChoice; readonly whileHeld: WhileHeld }
  | { readonly kind: 'verify'; readonly cluster: ClusterChoice }
  | { readonly kind: 'validate'; readonly policyFile: string }
  | {
      readonly kind: 'policies';
      readonly policyFile: string | undefined;
      /** User name of who alone may write the register; undefined: no policy says so. */
      readonly controller: string | undefined;
    }
  /** `--help` and `--version`. */
  | { readonly kind: 'print'; readonly text: string };
