import { catalogueFromTools, type Catalogue } from './classify.ts';
import { k8up } from './k8up.ts';
import { kubeBench } from './kube-bench.ts';
import { sonobuoy } from './sonobuoy.ts';
import type { Tool } from './tool.ts';
import { trivyOperator } from './trivy-operator.ts';
import { velero } from './velero.ts';

/** Every backup and scan tool that is known, sorted by id. A new tool is one file and one line here. */
export const TOOLS: readonly Tool[] = [k8up, kubeBench, sonobuoy, trivyOperator, velero];

/** The built-in catalogue. */
export const CATALOGUE: Catalogue = catalogueFromTools(TOOLS);
