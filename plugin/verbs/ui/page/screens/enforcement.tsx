import { useSignal } from '@preact/signals';
import type { JSX } from 'preact';
import { messageOf } from '../../../../../shared/errors.ts';
import type { Enforcement } from '../../wire.ts';
import { useAgain } from '../parts/use-again.ts';
import { enforcementOf } from '../server.ts';
import { about, clusters } from '../store.ts';
import { addressOf } from '../view/route.ts';

/** How often doctor looks again while somebody reads what it found, in ms: its trials ask the API server for something. */
const AGAIN_MS = 30_000;

/** What is enforced in one cluster, and whether it really is. */
export function EnforcementScreen({ cluster }: { readonly cluster: string | undefined }): JSX.Element {
  const all = about.value?.clusters ?? [];
  const shown = cluster ?? all[0];
  return (
    <>
      <h2>Enforcement</h2>
      {all.length > 1 && (
        <nav class="choice" aria-label="Clusters">
          {all.map((name) => (
            <a
              key={name}
              href={addressOf({ screen: 'enforcement', cluster: name })}
              aria-current={name === shown ? 'page' : undefined}
            >
              {name}
            </a>
          ))}
        </nav>
      )}
      {shown === undefined ? <p class="empty">Reading ...</p> : <OfCluster key={shown} name={shown} />}
    </>
  );
}

function OfCluster({ name }: { readonly name: string }): JSX.Element {
  const found = useSignal<Enforcement | undefined>(undefined);
  const failed = useSignal('');
  const isLive = clusters.value.get(name)?.state === 'live';
  const look = async (): Promise<void> => {
    try {
      found.value = await enforcementOf(name);
      failed.value = '';
    } catch (thrown) {
      failed.value = messageOf(thrown);
    }
  };
  useAgain(look, AGAIN_MS, [isLive]);
  return (
    <>
      {failed.value !== '' && <p class="notice tone-late">{failed.value}</p>}
      {found.value === undefined ? <p class="empty">Asking ...</p> : <Found found={found.value} />}
    </>
  );
}

function Found({
  found: { checks, failed, assumed, addonChange, rules },
}: {
  readonly found: Enforcement;
}): JSX.Element {
  return (
    <>
      <section aria-labelledby="checks">
        <h3 id="checks">Does it work?</h3>
        {failed !== null && <p class="notice tone-late">{failed}</p>}
        <ul class="checks">
          {checks.map(({ check, status, message, todo }, index) => (
            <li key={index} class={`check ${status}`}>
              <strong>{status}</strong> <code>{check}</code> {message}
              {todo !== null && <p>{todo}</p>}
            </li>
          ))}
        </ul>
      </section>
      <section aria-labelledby="policy">
        <h3 id="policy">Policy in force</h3>
        {assumed !== null && <p class="notice">{assumed}</p>}
        <p>
          Add-on changes: <strong>{addonChange}</strong>
        </p>
        <div class="scrolls" tabIndex={0} role="region" aria-label="Rules">
          <table>
            <thead>
              <tr>
                <th scope="col">Rule</th>
                <th scope="col">Mode</th>
                <th scope="col">Scope</th>
                <th scope="col">When not known</th>
                <th scope="col">Denies</th>
              </tr>
            </thead>
            <tbody>
              {rules.map(({ id, mode, scope, unknown, tools, about: denies }) => (
                <tr key={id}>
                  <th scope="row">
                    <code>{id}</code>
                  </th>
                  <td>{mode}</td>
                  <td>{scope}</td>
                  <td>{unknown}</td>
                  <td>
                    {denies}
                    {tools.map((tool) => (
                      <p key={tool.tool}>
                        {tool.tool}: {tool.mode}, {tool.scope}
                      </p>
                    ))}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      </section>
    </>
  );
}
