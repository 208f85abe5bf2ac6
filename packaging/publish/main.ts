/** `node packaging/publish/main.ts`: pushes and signs what is in dist/, to where package.json says, as who runs the workflow. */
import { builtInDist } from './built.ts';
import { publish } from './publish.ts';

const { published, built } = await builtInDist();
const registry = { place: `${published.registry}/${published.owner}`, isLocal: false };
await publish({ ...built, registry, signer: {}, tell: (line) => process.stdout.write(`${line}\n`) });
