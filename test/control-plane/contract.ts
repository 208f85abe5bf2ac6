import type { CallApi } from './api.ts';
import type { KubectlOptions, KubectlResult } from './kubectl.ts';
import type { NodeSpec } from './nodes.ts';
import type { User } from './users.ts';

/** What a control plane is to be like; everything has a default. */
export interface ControlPlaneOptions {
  /** Fake nodes to start with: how many, or which. Default: none. */
  readonly nodes?: number | readonly NodeSpec[];
  readonly controllerManager?: boolean;
  readonly scheduler?: boolean;
  readonly kwok?: boolean;
  /** Milliseconds from bound to ready, from asked to go to gone (200 each), and until a Job's pod is done (0). */
  readonly podReadyMs?: number;
  readonly podGoneMs?: number;
  readonly podDoneMs?: number;
  /** Identities beside `admin`, `developer` (no rights) and `system:node:<name>` of each of `nodes`. */
  readonly users?: readonly User[];
  readonly featureGates?: Readonly<Record<string, boolean>>;
  readonly apiServerArgs?: readonly string[];
  readonly controllerManagerArgs?: readonly string[];
  /** Where everything is kept while it runs; removed by `stop`. Default: a new folder in the system's temporary one. */
  readonly folder?: string;
  /** Hears a line about each step and each minute of building. Default: stderr. */
  readonly log?: (line: string) => void;
}

/** A running control plane. It ends with `stop`, or with this process. */
export interface ControlPlane extends AsyncDisposable {
  /** `https://127.0.0.1:PORT`, the PEM of the authority to verify it by, and the admin's token. */
  readonly server: string;
  readonly ca: string;
  readonly adminToken: string;
  /** The path of the admin's kubeconfig. */
  readonly kubeconfig: string;
  readonly folder: string;
  readonly logsFolder: string;
  /** The path of kubectl, for tests that start it themselves. */
  readonly kubectlPath: string;
  /** Process ids by component, of those that run. */
  pids(): Readonly<Record<string, number>>;
  /** The path of a user's kubeconfig. Throws for a name that was not given at the start. */
  kubeconfigFor(user: string): Promise<string>;
  /** Runs kubectl to its end, as admin unless told; an exit code is a result and not an error. */
  kubectl(args: readonly string[], options?: KubectlOptions): Promise<KubectlResult>;
  /** A call of the API as admin. */
  readonly api: CallApi;
  /** Adds a fake node and waits until it is Ready (a silent one: until it exists). */
  addNode(spec: NodeSpec): Promise<void>;
  /** The same for many, at once. */
  addNodes(specs: readonly NodeSpec[]): Promise<void>;
  /** The kubelet of a mortal node dies: it becomes NotReady, its lease is renewed no more, and its pods stay as they are. */
  silenceNode(name: string): Promise<void>;
  /** It comes back: the node is Ready, and what was asked of its pods meanwhile is done. */
  reviveNode(name: string): Promise<void>;
  /** Ends the API server alone, and starts it again on the same port and data (resolves when it is ready). */
  stopApiServer(): Promise<void>;
  startApiServer(): Promise<void>;
  /** Ends everything and removes the folder; the logs stay, and are named, if a component had ended by itself. */
  stop(): Promise<void>;
}
