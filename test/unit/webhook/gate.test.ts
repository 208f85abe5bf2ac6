import { afterEach, expect, test, vi } from 'vitest';
import { Gate, MAX_BODY_BYTES, MAX_IN_FLIGHT_BYTES } from '../../../webhook/admission/gate.ts';

afterEach(() => {
  vi.useRealTimers();
});

function noWay(): void {
  throw new Error('it has to stay');
}

test('counts calls once their body is here, and gives back once', () => {
  const gate = new Gate(2);
  const [leave, other, third] = [gate.receive(noWay), gate.receive(noWay), gate.receive(noWay)].map((arrival) =>
    arrival.enter(),
  );
  expect([leave, other].includes(undefined)).toBe(false);
  expect(third).toBeUndefined();
  expect(gate.inFlight).toBe(2);
  leave?.();
  leave?.();
  expect(gate.inFlight).toBe(1);
  expect(gate.receive(noWay).enter()).toBeDefined();
});

test('of bodies on their way the oldest gives way, whoever asks for room; what is decided stays', () => {
  const gate = new Gate();
  const yielded: string[] = [];
  const arrivalOf = (name: string) => gate.receive(() => yielded.push(name));
  const slow = Array.from({ length: 8 }, (_, index) => arrivalOf(`slow-${index}`));
  for (const arrival of slow) expect(arrival.take(MAX_BODY_BYTES)).toBe(true);
  const small = arrivalOf('small');
  expect(small.take(1)).toBe(true);
  expect(yielded).toEqual(['slow-0']);
  expect(slow[0]?.enter()).toBeUndefined();
  for (const arrival of slow.slice(1)) expect(arrival.enter()).toBeDefined();
  expect(small.enter()).toBeDefined();
  const late = arrivalOf('late');
  expect(late.take(MAX_IN_FLIGHT_BYTES)).toBe(false);
  expect(yielded).toEqual(['slow-0']);
});

test('a body that is given up gives its bytes back', () => {
  const gate = new Gate();
  for (let round = 0; round < 20; round += 1) {
    const arrival = gate.receive(noWay);
    expect(arrival.take(MAX_BODY_BYTES)).toBe(true);
    arrival.leave();
    arrival.leave();
  }
});

test('tells for how long everything was sent back, until a call is let in or none comes any more', () => {
  vi.useFakeTimers({ toFake: ['performance'] });
  const gate = new Gate(1);
  const leave = gate.receive(noWay).enter();
  const fullFor = () => Math.round(gate.fullFor(performance.now()));
  const sendBack = () => {
    expect(gate.receive(noWay).enter()).toBeUndefined();
  };
  sendBack();
  vi.advanceTimersByTime(8000);
  sendBack();
  expect(fullFor()).toBe(8000);
  vi.advanceTimersByTime(11_000);
  expect(fullFor()).toBe(0);
  sendBack();
  vi.advanceTimersByTime(1000);
  expect(fullFor()).toBe(1000);
  leave?.();
  expect(gate.receive(noWay).enter()).toBeDefined();
  expect(fullFor()).toBe(0);
});
