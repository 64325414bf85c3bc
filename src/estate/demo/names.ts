import type { Environment } from './site.js';

/** One account of the demo: a fictional Japanese retailer, 江戸屋 (Edoya). */
export interface AccountPlan {
  readonly name: string;
  readonly environment: Environment;
  /** Organizational units above it, outermost first. */
  readonly path: readonly string[];
}

const fixed: readonly AccountPlan[] = [
  { name: 'edoya-management', environment: 'security', path: [] },
  { name: 'log-archive', environment: 'security', path: ['Security'] },
  { name: 'security-audit', environment: 'security', path: ['Security'] },
  { name: 'network-hub', environment: 'production', path: ['Infrastructure'] },
  { name: 'shared-services', environment: 'production', path: ['Infrastructure'] },
];

const systems = [
  'payments',
  'storefront',
  'loyalty',
  'warehouse',
  'pricing',
  'search',
  'delivery',
  'point-of-sale',
  'analytics',
  'hr',
  'crm',
  'gift-cards',
];
const people = ['sato', 'suzuki', 'takahashi', 'tanaka', 'ito', 'watanabe', 'yamamoto', 'nakamura'];

/** The first `count` accounts: fixed ones, then each system in production and development, then sandboxes. */
export function accountPlans(count: number): AccountPlan[] {
  const plans = [...fixed];
  for (let round = 0; plans.length < count; round++) {
    const suffix = round === 0 ? '' : `-${round + 1}`;
    for (const system of systems) {
      plans.push({ name: `${system}${suffix}-prod`, environment: 'production', path: ['Workloads', 'Prod'] });
      plans.push({ name: `${system}${suffix}-dev`, environment: 'development', path: ['Workloads', 'Dev'] });
    }
    for (const person of people)
      plans.push({ name: `sandbox-${person}${suffix}`, environment: 'sandbox', path: ['Sandbox'] });
    for (const system of systems.slice(0, 3)) {
      plans.push({ name: `${system}${suffix}-staging`, environment: 'development', path: ['Workloads', 'Staging'] });
    }
  }
  return plans.slice(0, count);
}

export const applications = ['web', 'api', 'worker', 'batch', 'cache', 'bastion', 'report', 'importer'] as const;
export const userNames = [
  'taro.yamada',
  'hanako.sato',
  'kenji.mori',
  'yuki.ota',
  'ci-deploy',
  'backup-agent',
  'metrics-reader',
  'legacy-import',
  'aya.kimura',
  'ren.shimizu',
  'partner-edi',
  'mai.hayashi',
] as const;
export const roleNames = [
  'Admin',
  'ReadOnly',
  'Deployer',
  'AppServer',
  'BatchRunner',
  'BackupOperator',
  'DataPipeline',
  'IncidentResponder',
] as const;

/** Account numbers: twelve digits, none of a real example's. */
export function accountIdOf(index: number): string {
  return String(700_000_000_000 + index * 137_911 + 4_242).padStart(12, '0');
}
