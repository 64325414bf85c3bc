/** One AWS partition: a world of its own, with its own ARNs, regions and endpoints. */
interface Partition {
  readonly id: string;
  /** Where account-wide services answer and where account-wide findings are filed. */
  readonly homeRegion: string;
  readonly regionPrefixes: readonly string[];
}

/** Source: the SDK's endpoint rules ("partitions.json") and AWS General Reference. */
const partitions: readonly Partition[] = [
  { id: 'aws-cn', homeRegion: 'cn-north-1', regionPrefixes: ['cn-'] },
  { id: 'aws-us-gov', homeRegion: 'us-gov-west-1', regionPrefixes: ['us-gov-'] },
  { id: 'aws-eusc', homeRegion: 'eusc-de-east-1', regionPrefixes: ['eusc-'] },
];

/** The partition a region belongs to. */
export function partitionOf(region: string): string {
  return (
    partitions.find(({ regionPrefixes }) => regionPrefixes.some((prefix) => region.startsWith(prefix)))?.id ?? 'aws'
  );
}

/** The region of a partition where what belongs to a whole account is found. */
export function homeRegion(partition: string): string {
  return partitions.find(({ id }) => id === partition)?.homeRegion ?? 'us-east-1';
}

/** The regions of the public partitions, as far as this version knows: new ones open each year. Source: as above. */
const regions: ReadonlySet<string> = new Set([
  ...['us-east-1', 'us-east-2', 'us-west-1', 'us-west-2', 'ca-central-1', 'ca-west-1', 'mx-central-1', 'sa-east-1'],
  ...['eu-central-1', 'eu-central-2', 'eu-north-1', 'eu-south-1', 'eu-south-2', 'eu-west-1', 'eu-west-2', 'eu-west-3'],
  ...['af-south-1', 'il-central-1', 'me-central-1', 'me-south-1', 'me-west-1', 'ap-south-1', 'ap-south-2'],
  ...['ap-east-1', 'ap-east-2', 'ap-northeast-1', 'ap-northeast-2', 'ap-northeast-3', 'ap-southeast-1'],
  ...['ap-southeast-2', 'ap-southeast-3', 'ap-southeast-4', 'ap-southeast-5', 'ap-southeast-6', 'ap-southeast-7'],
  ...['cn-north-1', 'cn-northwest-1', 'us-gov-east-1', 'us-gov-west-1', 'eusc-de-east-1'],
]);

/**
 * A region that certainly answers, for a question that any region of the partition can answer: the one that was named where
 * it is known, else the partition's own. A mistyped one has no server, and the wait for it would tell nothing.
 */
export function answeringRegion(named: string): string {
  return regions.has(named) ? named : homeRegion(partitionOf(named));
}
