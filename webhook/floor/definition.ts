import {
  EMPTY_REGISTER,
  MAX_LISTED,
  MAX_WHY,
  REGISTER_GROUP,
  REGISTER_KIND,
  REGISTER_NAME,
  REGISTER_PLURAL,
  REGISTER_VERSION,
  REGISTRATION_NAME,
} from '../../shared/index.ts';

const [, VERSION = ''] = REGISTER_VERSION.split('/');
const LABELS = { 'app.kubernetes.io/name': REGISTRATION_NAME };

/**
 * Maps that are written as a whole: the API server keeps no owner for each of their keys, which would be as long as the map
 * itself.
 */
const mapOf = (values: object, more: object = {}): object => ({
  type: 'object',
  'x-kubernetes-map-type': 'atomic',
  additionalProperties: values,
  ...more,
});

const text = (description: string): object => ({ type: 'string', description });

const TAINT = {
  type: 'object',
  required: ['key', 'value', 'effect'],
  properties: { key: { type: 'string' }, value: { type: 'string' }, effect: { type: 'string' } },
};

/** What the policies read of a node is typed; where something is missing they say less, and none of them fails. */
const ENTRY = {
  type: 'object',
  properties: {
    why: { ...text('Whose maintenance it is, why and until when.'), maxLength: MAX_WHY },
    exceptions: {
      ...mapOf({ type: 'string', format: 'date-time' }),
      description: 'By rule: when the exception from it ends.',
    },
    taints: {
      type: 'array',
      'x-kubernetes-list-type': 'atomic',
      description: 'Taints that last and keep off pods that do not tolerate them.',
      items: TAINT,
    },
  },
};

const SPEC = {
  type: 'object',
  required: ['nodes', 'hostnames'],
  properties: {
    nodes: mapOf(ENTRY, { maxProperties: MAX_LISTED, description: 'Nodes in maintenance by name.' }),
    hostnames: mapOf(text('A name of a node.'), {
      maxProperties: MAX_LISTED,
      description: 'Their names by hostname label, where the two differ.',
    }),
    unlisted: { type: 'integer', minimum: 0, description: 'How many nodes in maintenance there is no room for.' },
  },
};

/** The definition of the register (apiextensions.k8s.io/v1). */
export const REGISTER_DEFINITION = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: `${REGISTER_PLURAL}.${REGISTER_GROUP}`, labels: LABELS },
  spec: {
    group: REGISTER_GROUP,
    scope: 'Cluster',
    names: { kind: REGISTER_KIND, plural: REGISTER_PLURAL, singular: REGISTER_KIND.toLowerCase() },
    versions: [
      {
        name: VERSION,
        served: true,
        storage: true,
        schema: {
          openAPIV3Schema: {
            type: 'object',
            description:
              'Nodes in maintenance, for ValidatingAdmissionPolicies. The controller writes it; the Nodes are the truth.',
            required: ['spec'],
            properties: { spec: SPEC },
          },
        },
      },
    ],
  },
};

/** The one register, before anything is in maintenance. */
export const EMPTY_REGISTER_OBJECT = {
  apiVersion: REGISTER_VERSION,
  kind: REGISTER_KIND,
  metadata: { name: REGISTER_NAME, labels: LABELS },
  spec: EMPTY_REGISTER,
};
