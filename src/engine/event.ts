/**
 * What the engine tells while it works: its only way to speak. The command line, a server and tests each render these
 * events; the engine never prints.
 */
export type EngineEvent =
  | {
      readonly kind: 'discovered';
      readonly accounts: number;
      readonly regions: number;
      readonly organizationId?: string;
    }
  | {
      readonly kind: 'collecting';
      readonly accountId: string;
      readonly unitsDone: number;
      readonly unitsAll: number;
      readonly resources: number;
    }
  | {
      readonly kind: 'account-collected';
      readonly accountId: string;
      readonly resources: number;
      readonly gaps: number;
    }
  | { readonly kind: 'account-evaluated'; readonly accountId: string; readonly done: number; readonly all: number }
  | {
      readonly kind: 'rehearsing';
      readonly controlId: string;
      readonly resourceArn: string;
      readonly done: number;
      readonly all: number;
    }
  | {
      readonly kind: 'step';
      readonly step: string;
      readonly title: string;
      readonly state: 'started' | 'done' | 'failed';
    }
  | { readonly kind: 'verifying'; readonly attempt: number; readonly status: string }
  /** `part`: of all bytes, from 0 to 1, where it is known how many there are. */
  | { readonly kind: 'importing'; readonly lines: number; readonly bytes: number; readonly part?: number }
  | { readonly kind: 'note'; readonly text: string };

export type Report = (event: EngineEvent) => void;
