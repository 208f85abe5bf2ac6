/** Every fixture through the real API server with the floor alone, no webhook anywhere. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readFixtures, type Fixture } from '../../support/fixtures.ts';
import { coverageOfFixture } from '../../support/floor-coverage.ts';
import { canBeSent, FloorStage } from './floor-stage.ts';

const fixtures = readFixtures().filter(canBeSent);
const groups = [...Map.groupBy(fixtures, ({ cluster, config }) => `${cluster} ${JSON.stringify(config)}`).values()];

let stage: FloorStage;
beforeAll(async () => {
  stage = await FloorStage.start(fixtures);
});
afterAll(() => stage.stop());

/** What the floor alone has to say: the webhook's denial where it covers the case, and nothing else ever. */
function expectedOf(fixture: Fixture): string {
  return fixture.decision === 'deny' && typeof coverageOfFixture(fixture) !== 'string' ? 'deny' : 'allow';
}

describe.each(groups.map((cases) => ({ cases, cluster: cases[0]?.cluster, config: cases[0]?.config })))(
  'nodes $cluster, $cases.length cases',
  ({ cases }) => {
    beforeAll(async () => {
      const [first] = cases;
      if (first !== undefined) await stage.arm(first.nodes, first.config);
    });

    test.each(cases)('$name', async (fixture) => {
      const { decision, message } = await stage.send(fixture);
      expect({ decision, message }).toMatchObject({ decision: expectedOf(fixture) });
      if (decision === 'deny') {
        const told = fixture.expect.nodes.filter((node) => message.includes(`. Node ${node}: in maintenance`));
        expect(told, message).not.toEqual([]);
      }
    });
  },
);
