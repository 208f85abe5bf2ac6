import { z } from 'zod';
import { isAlive } from '../control-plane/bound-process.ts';
import { ControlPlaneError } from '../control-plane/errors.ts';
import { runProgram } from '../support/plugin-run.ts';
import { succeed, succeedInside, type Machine } from './machine.ts';

/** Second bytes of the networks 10.N.0.0/16 that runs take for themselves: 40 of them, seldom used by others. */
const FIRST_NETWORK = 200;
const LAST_NETWORK = 239;
/** Machines are 10.N.0.11, 10.N.0.12 …; their pods are 10.N.1.0/24, 10.N.2.0/24 … */
const FIRST_MACHINE = 10;

/** The alias of every link says which process it belongs to. */
const ALIAS = 'kubectl-maint-';
const OWN_ALIAS = `${ALIAS}${process.pid}`;

const Links = z.array(z.object({ ifname: z.string().optional(), ifalias: z.string().optional() }));
const Addresses = z.array(z.object({ addr_info: z.array(z.object({ local: z.string().optional() })).optional() }));

/** Where a machine is in the network, by its number (1, 2 …). */
export interface Place {
  readonly address: string;
  /** The range of its pods. */
  readonly pods: string;
}

/** A bridge of the host with machines on it. */
export interface Network {
  /** The host's own address, by which machines and pods reach the API server. */
  readonly host: string;
  /** The range of everything in it. */
  readonly range: string;
  place(number: number): Place;
  /** Gives a machine its interface, and everyone the routes to its pods. */
  join(machine: Machine, number: number, count: number): Promise<void>;
  end(): Promise<void>;
}

/** Makes a network of its own for this run; what killed runs have left is removed on the way. */
export async function makeNetwork(): Promise<Network> {
  await removeAbandoned();
  const taken = await addresses();
  for (let n = FIRST_NETWORK; n <= LAST_NETWORK; n += 1) {
    if (taken.some((address) => address.startsWith(`10.${n}.`))) continue;
    const bridge = `maint${n}`;
    // Another run that is faster has the name; then it is the next one's turn.
    if ((await runProgram('ip', ['link', 'add', bridge, 'type', 'bridge'], process.env)).code !== 0) continue;
    await succeed('ip', ['link', 'set', bridge, 'alias', OWN_ALIAS]);
    await succeed('ip', ['address', 'add', `10.${n}.0.1/24`, 'dev', bridge]);
    await succeed('ip', ['link', 'set', bridge, 'up']);
    return networkOf(n, bridge);
  }
  throw new ControlPlaneError(
    `every network from 10.${FIRST_NETWORK} to 10.${LAST_NETWORK} is taken, or ip(8) cannot add a bridge`,
  );
}

function networkOf(n: number, bridge: string): Network {
  const host = `10.${n}.0.1`;
  const joined: string[] = [];
  const place = (number: number): Place => ({
    address: `10.${n}.0.${FIRST_MACHINE + number}`,
    pods: `10.${n}.${number}.0/24`,
  });
  return {
    host,
    range: `10.${n}.0.0/16`,
    place,
    join: async (machine, number, count) => {
      const { address, pods } = place(number);
      const outer = `${bridge}v${number}`;
      const peer = ['peer', 'name', 'eth0', 'netns', String(machine.pid)];
      await succeed('ip', ['link', 'add', outer, 'type', 'veth', ...peer]);
      joined.push(outer);
      await succeed('ip', ['link', 'set', outer, 'master', bridge, 'alias', OWN_ALIAS, 'up']);
      await succeed('ip', ['route', 'add', pods, 'via', address, 'dev', bridge]);
      const inside = (...args: readonly string[]) => succeedInside(machine, 'ip', args);
      await inside('address', 'add', `${address}/24`, 'dev', 'eth0');
      await inside('link', 'set', 'eth0', 'up');
      await inside('route', 'add', 'default', 'via', host);
      for (let other = 1; other <= count; other += 1) {
        if (other !== number) await inside('route', 'add', place(other).pods, 'via', place(other).address);
      }
    },
    end: async () => {
      // A machine's end takes its link along, but not before the last connection that it had open is given up: minutes.
      for (const outer of joined) await remove(outer);
      await remove(bridge);
    },
  };
}

async function addresses(): Promise<readonly string[]> {
  const links = Addresses.parse(JSON.parse(await succeed('ip', ['-json', 'address'])));
  return links.flatMap(({ addr_info = [] }) => addr_info.flatMap(({ local }) => (local === undefined ? [] : [local])));
}

async function removeAbandoned(): Promise<void> {
  for (const { ifname, ifalias } of Links.parse(JSON.parse(await succeed('ip', ['-json', 'link'])))) {
    if (ifname === undefined || ifalias?.startsWith(ALIAS) !== true) continue;
    if (!isAlive(Number(ifalias.slice(ALIAS.length)))) await remove(ifname);
  }
}

/** Removes a link, which may be gone already. */
async function remove(link: string): Promise<void> {
  await runProgram('ip', ['link', 'delete', link], process.env);
}
