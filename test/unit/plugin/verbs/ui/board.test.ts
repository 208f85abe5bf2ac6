import { expect, test } from 'vitest';
import { Board } from '../../../../../plugin/verbs/ui/board.ts';
import type { Message } from '../../../../../plugin/verbs/ui/wire.ts';
import { held, row } from './rows.ts';

const live = { name: 'prod', state: 'live', why: '', since: '2026-01-31T12:00:00Z', remarks: [] } as const;

function heard(board: Board): Message[] {
  const messages: Message[] = [];
  board.listen((message) => messages.push(message));
  return messages;
}

test('tells what has changed, what is gone, and nothing twice', () => {
  const board = new Board();
  const messages = heard(board);
  board.cluster(live);
  board.cluster({ ...live });
  const calm = row('n1');
  board.nodes('prod', [calm, row('n2')]);
  board.nodes('prod', [calm, held('n2')]);
  board.nodes('prod', [row('n1'), held('n2')]);
  board.nodes('prod', [calm]);
  expect(
    messages.map((message) =>
      message.type === 'nodes' ? [message.changed.map(({ name }) => name), message.removed] : message.type,
    ),
  ).toEqual(['cluster', [['n1', 'n2'], []], [['n2'], []], [[], ['n2']]]);
});

test('whoever comes later hears all that is known, and that this was all', () => {
  const board = new Board();
  board.cluster(live);
  board.nodes('prod', [row('n1')]);
  expect(board.whole().map(({ type }) => type)).toEqual(['cluster', 'nodes', 'caught-up']);
  expect(board.whole()[1]).toMatchObject({ whole: true, changed: [{ name: 'n1' }] });
});

test('keeps the nodes of a cluster that becomes unreachable', () => {
  const board = new Board();
  board.cluster(live);
  board.nodes('prod', [row('n1')]);
  board.cluster({ ...live, state: 'unreachable', why: 'refused' });
  expect(board.row('prod', 'n1')?.name).toBe('n1');
});

test('who has left hears nothing', () => {
  const board = new Board();
  const messages: Message[] = [];
  const leave = board.listen((message) => messages.push(message));
  leave();
  board.cluster(live);
  expect(messages).toEqual([]);
});
