import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { nodeFromObject, type NodeFacts } from '../../../shared/facts/node.ts';
import { indexWith, NodeTable, type NodeFactsIndex } from '../../../shared/facts/node-table.ts';

function node(name: string, held = false, hostname = name): NodeFacts {
  const annotations = held ? { 'kubectl-maint.io/maintenance': 'x' } : {};
  const facts = nodeFromObject({ metadata: { name, labels: { 'kubernetes.io/hostname': hostname }, annotations } });
  if (facts === undefined) throw new Error('a node has a name');
  return facts;
}

const names = (nodes: Iterable<{ readonly name: string }>) => [...nodes].map(({ name }) => name);

function shown(nodeIndex: NodeFactsIndex, hostnames: readonly string[]) {
  return {
    held: names(nodeIndex.held),
    others: names(nodeIndex.others()).sort(),
    byHostname: hostnames.map((hostname) => names(nodeIndex.byHostname(hostname)).sort()),
  };
}

describe('the table', () => {
  test('finds nodes by name and hostname, and keeps those in maintenance apart, sorted', () => {
    const table = new NodeTable([node('c', true), node('a', true), node('b'), node('d', false, 'b')]);
    expect(table.size).toBe(4);
    expect(table.node('b')?.name).toBe('b');
    expect([table.node('x'), table.node('constructor'), table.node('__proto__')]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
    expect(shown(table, ['b', 'a', 'x', 'toString'])).toEqual({
      held: ['a', 'c'],
      others: ['b', 'd'],
      byHostname: [['b', 'd'], ['a'], [], []],
    });
  });

  test('a node that changes takes its old entries with it', () => {
    const table = new NodeTable([node('a', true, 'h1'), node('b', false, 'h1')]);
    expect(names(table.held)).toEqual(['a']);
    table.put(node('a', false, 'h2'));
    expect(shown(table, ['h1', 'h2'])).toEqual({ held: [], others: ['a', 'b'], byHostname: [['b'], ['a']] });
    table.put(node('b', true, 'h1'));
    expect(names(table.held)).toEqual(['b']);
  });

  test('a node that goes is forgotten; an unknown one is no error', () => {
    const table = new NodeTable([node('a', true), node('b')]);
    expect(names(table.held)).toEqual(['a']);
    table.remove('a');
    table.remove('b');
    table.remove('x');
    expect([table.size, shown(table, ['a', 'b'])]).toEqual([0, { held: [], others: [], byHostname: [[], []] }]);
  });
});

describe('a nodeIndex with fresher nodes', () => {
  test('without any it is the nodeIndex itself', () => {
    const table = new NodeTable([node('a')]);
    expect(indexWith(table, new Map())).toBe(table);
  });

  test('nodes that went into maintenance, came back, moved, appeared and are gone', () => {
    const base = new NodeTable([
      node('in'),
      node('out', true),
      node('moved', false, 'h1'),
      node('gone', true),
      node('kept', true),
      node('free'),
    ]);
    const fresh = new Map<string, NodeFacts | undefined>([
      ['in', node('in', true)],
      ['out', node('out')],
      ['moved', node('moved', false, 'h2')],
      ['gone', undefined],
      ['new', node('new')],
      ['newheld', node('newheld', true)],
      ['never', undefined],
    ]);
    const nodeIndex = indexWith(base, fresh);
    expect(shown(nodeIndex, ['h1', 'h2', 'gone', 'new', 'kept'])).toEqual({
      held: ['in', 'kept', 'newheld'],
      others: ['free', 'moved', 'new', 'out'],
      byHostname: [[], ['moved'], [], ['new'], ['kept']],
    });
    expect([nodeIndex.node('in'), nodeIndex.node('gone'), nodeIndex.node('free')]).toEqual([
      fresh.get('in'),
      undefined,
      base.node('free'),
    ]);
  });

  test('is the table that the fresh nodes would have made', () => {
    const anyNode = fc
      .tuple(fc.constantFrom('a', 'b', 'c', 'd', 'e'), fc.boolean(), fc.constantFrom('a', 'b', 'h'))
      .map(([name, held, hostname]) => node(name, held, hostname));
    fc.assert(
      fc.property(
        fc.uniqueArray(anyNode, { selector: ({ name }) => name }),
        fc.uniqueArray(fc.tuple(anyNode, fc.boolean()), { selector: ([{ name }]) => name }),
        (known, read) => {
          const fresh = new Map(read.map(([facts, exists]) => [facts.name, exists ? facts : undefined]));
          const table = new NodeTable(known);
          for (const [name, facts] of fresh) {
            table.remove(name);
            if (facts !== undefined) table.put(facts);
          }
          const hosts = ['a', 'b', 'h'];
          expect(shown(indexWith(new NodeTable(known), fresh), hosts)).toEqual(shown(table, hosts));
        },
      ),
    );
  });
});
