import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { changesBetween, takingBack } from '../../../../plugin/hooks/record/fields.ts';
import {
  MAX_RECORD_BYTES,
  nextToUndo,
  NOTHING_DONE,
  parseRecord,
  recordedStep,
  renderRecord,
  sizeOf,
  withDone,
  withoutStep,
  withStep,
  type HookRecord,
  type RecordedStep,
} from '../../../../plugin/hooks/record/record.ts';

/** An object of a small world, with its fields. */
type Fields = Readonly<Record<string, string>>;
type World = ReadonlyMap<string, Fields>;

/** A step of the tests: it sets a field of an object. */
interface Setting {
  readonly name: string;
  readonly object: string;
  readonly field: string;
  readonly value: string;
}

interface State {
  readonly world: World;
  readonly record: HookRecord;
}

function stepOf({ name, object }: Setting, undo: RecordedStep['undo']): RecordedStep {
  return { hook: 'h', step: name, of: object, onFailure: 'stop', timeoutMs: 1000, undo };
}

/** The three writes of a step, each of them whole: the record, the object, the record. */
function writesOf(setting: Setting): readonly ((state: State) => State)[] {
  const { object, field, value } = setting;
  const key = { hook: 'h', step: setting.name, of: object };
  return [
    (state) => {
      const before = state.world.get(object) ?? {};
      const changes = changesBetween(before, { ...before, [field]: value }).map((one) => ({
        ...one,
        path: [...one.path],
      }));
      if (recordedStep(state.record, key)?.done === true || changes.length === 0) return state;
      const step = stepOf(setting, [
        { kind: 'fields', object: { path: `/api/${object}`, title: object, uid: object }, changes },
      ]);
      return { ...state, record: withStep(state.record, step) };
    },
    (state) => {
      const recorded = recordedStep(state.record, key);
      if (recorded === undefined || recorded.done === true) return state;
      return { ...state, world: new Map([...state.world, [object, { ...state.world.get(object), [field]: value }]]) };
    },
    (state) => ({ ...state, record: withDone(state.record, key) }),
  ];
}

/** The two writes by which a step is undone; undefined where there is none left. */
function undoWrites(state: State): readonly ((state: State) => State)[] | undefined {
  const step = nextToUndo(state.record, []);
  if (step === undefined) return undefined;
  const put = (now: State): State => {
    const world = new Map(now.world);
    for (const one of step.undo) {
      if (one.kind !== 'fields') continue;
      const current = { ...now.world.get(one.object.uid) };
      for (const { op, path, value } of takingBack(current, one.changes).operations) {
        if (op === 'remove') Reflect.deleteProperty(current, path.slice(1));
        else current[path.slice(1)] = String(value);
      }
      world.set(one.object.uid, current);
    }
    return { ...now, world };
  };
  return [put, (now) => ({ ...now, record: withoutStep(now.record, step) })];
}

const setting = (name: string): fc.Arbitrary<Setting> =>
  fc.record({
    name: fc.constant(name),
    object: fc.constantFrom('x', 'y'),
    field: fc.constantFrom('f', 'g'),
    value: fc.constantFrom('1', '2', '3'),
  });
const settings = fc
  .integer({ min: 0, max: 5 })
  .chain((count) => fc.tuple(...Array.from({ length: count }, (_, index) => setting(`s${index}`))));
const worlds = fc.tuple(
  fc.dictionary(fc.constantFrom('f', 'g'), fc.constantFrom('1', '2', '9'), { noNullPrototype: true }),
  fc.dictionary(fc.constantFrom('f', 'g'), fc.constantFrom('1', '2', '9'), { noNullPrototype: true }),
);
/** After how many writes each try is killed. */
const kills = fc.array(fc.integer({ min: 0, max: 12 }), { maxLength: 6 });

/** Two commands with their steps, and where each try of doing and undoing is killed. */
const stories = fc.record({ ana: settings, ben: settings, worlds, doing: kills, undoing: kills });

/** Carries writes out until it is killed; false where it was. */
function killedAfter(
  state: State,
  writes: readonly ((state: State) => State)[],
  left: { count: number },
): [State, boolean] {
  let now = state;
  for (const write of writes) {
    if (left.count === 0) return [now, false];
    left.count -= 1;
    now = write(now);
  }
  return [now, true];
}

describe('the record of hooks', () => {
  test('killed after any write, on the way in and on the way back, by two commands with their own steps: everything comes back', () => {
    fc.assert(
      fc.property(stories, ({ ana, ben, worlds: [x, y], doing, undoing }) => {
        const world: World = new Map([
          ['x', x],
          ['y', y],
        ]);
        let state: State = { world, record: NOTHING_DONE };
        // Each command begins anew until nobody kills it; both may hold the node.
        for (const steps of [ana, ben.map((one) => ({ ...one, name: `ben-${one.name}` }))]) {
          for (const count of [...doing, Infinity]) {
            const [next, ended] = killedAfter(state, steps.flatMap(writesOf), { count });
            state = next;
            if (ended) break;
          }
        }
        for (const count of [...undoing, Infinity]) {
          const left = { count };
          for (let writes = undoWrites(state); writes !== undefined; writes = undoWrites(state)) {
            const [next, ended] = killedAfter(state, writes, left);
            state = next;
            if (!ended) break;
          }
        }
        expect(state.record).toEqual(NOTHING_DONE);
        expect(Object.fromEntries(state.world)).toEqual({ x, y });
      }),
      { numRuns: 2000 },
    );
  });

  const fields = (path: string): RecordedStep['undo'] => [
    { kind: 'fields', object: { path, title: path, uid: path }, changes: [{ path: ['spec'], after: 1 }] },
  ];
  const step = (name: string, undo: RecordedStep['undo'] = fields(`/api/v1/${name}`)): RecordedStep => ({
    hook: 'h',
    step: name,
    of: '00000000',
    onFailure: 'stop',
    timeoutMs: 1000,
    undo,
  });
  const recordWith = (...steps: readonly RecordedStep[]): HookRecord => steps.reduce(withStep, NOTHING_DONE);

  test('the last step is undone first', () => {
    expect(nextToUndo(recordWith(step('a'), step('b')), [])?.step).toBe('b');
    expect(nextToUndo(NOTHING_DONE, [])).toBeUndefined();
  });

  test('one that could not be undone holds those before it that touched the same object, and no others', () => {
    const [first, second, last] = [
      step('a', fields('/api/x')),
      step('b', fields('/api/y')),
      step('c', fields('/api/x')),
    ];
    const record = recordWith(first, second, last);
    expect(nextToUndo(record, [last])?.step).toBe('b');
    expect(nextToUndo(withoutStep(record, second), [last])).toBeUndefined();
  });

  test('a step that was changed since is another one', () => {
    const record = recordWith(step('a'), { ...step('a'), of: '11111111' });
    expect(record.steps).toHaveLength(2);
    expect(recordedStep(withDone(record, step('a')), { ...step('a'), of: '11111111' })?.done).toBeUndefined();
  });

  test('read back, it is what was written; nothing where there is nothing to undo', () => {
    const undo: RecordedStep['undo'] = [
      ...fields('/apis/apps/v1/namespaces/a/deployments/b'),
      { kind: 'call', call: { method: 'POST', url: 'https://a/b', headers: {}, body: { c: [1] } } },
      { kind: 'job', namespace: 'a', job: { spec: {} } },
      { kind: 'delete', path: '/apis/batch/v1/namespaces/a/jobs/b', title: 'job/b' },
      { kind: 'command', words: ['true'] },
    ];
    const record = withDone(recordWith(step('a', undo), step('b')), step('a'));
    expect(parseRecord(renderRecord(record) ?? undefined)).toEqual({ ok: true, value: record });
    expect(renderRecord(NOTHING_DONE)).toBeNull();
    expect(parseRecord(undefined)).toEqual({ ok: true, value: NOTHING_DONE });
  });

  test.each([
    '',
    '{',
    '[]',
    '{"version":2,"steps":[]}',
    '{"version":1,"steps":[{}]}',
    '{"version":1,"steps":[{"hook":"a","step":"b","of":"c","onFailure":"stop","timeoutMs":1,"undo":[{"kind":"delete","path":"https://x","title":""}]}]}',
  ])('what is none is refused: %s', (text) => {
    expect(parseRecord(text).ok).toBe(false);
  });

  test('forty steps that touch a field fit', () => {
    const record = recordWith(
      ...Array.from({ length: 40 }, (_, index) =>
        step(`prepare-storage-${index}`, [
          {
            kind: 'fields',
            object: {
              path: `/apis/longhorn.io/v1beta2/namespaces/longhorn-system/nodes/node-${index}`,
              title: `nodes.longhorn.io/node-${index}`,
              uid: '7c9e6679-7425-40de-944b-e07fc1f90ae7',
            },
            changes: [{ path: ['spec', 'a'], before: true, after: false }],
          },
        ]),
      ),
    );
    expect(sizeOf(record)).toBeLessThan(MAX_RECORD_BYTES);
  });
});
