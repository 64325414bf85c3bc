import { defineCollector, resourceAt } from './collector.js';

/** Deleted since it was listed. */
const GONE = ['ResourceNotFoundException'];

const analyzers = defineCollector({
  service: 'accessanalyzer',
  types: ['AWS::AccessAnalyzer::Analyzer'],
  reads: ['ListAnalyzers', 'ListArchiveRules'],
  scope: 'region',
  async *collect(read, target) {
    const listed = await read.list('ListAnalyzers', {}, (page) => page.analyzers);
    const made = await read.each(listed, async (listedOne) => {
      // What was analyzed last changes by itself.
      const { lastResourceAnalyzed: _, lastResourceAnalyzedAt: __, ...analyzer } = listedOne;
      const { arn = '', name: analyzerName } = analyzer;
      const rules = await read.details('ListArchiveRules', { analyzerName }, (page) => page.archiveRules, arn, GONE);
      if (rules === null) return [];
      const ArchiveRules = rules === undefined ? {} : { ArchiveRules: rules };
      return [resourceAt(target, 'AWS::AccessAnalyzer::Analyzer', arn, { ...analyzer, ...ArchiveRules })];
    });
    yield* made.flat();
  },
});

/** Access Analyzer's collector. */
export const accessanalyzer = [analyzers] as const;
