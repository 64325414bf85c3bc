import { type Case, type Loose, resource, specify } from '../../testing.fixture.js';
import { control } from './control.js';

const settings = (configuration: Loose) => ({
  resources: [
    resource('Hikeshi::EC2::RegionalSettings', 'arn:aws:ec2:eu-west-1:111122223333:regional-settings', configuration),
  ],
});
const path = 'EbsEncryptionByDefault';

const cases: readonly Case[] = [
  { name: 'on', given: settings({ EbsEncryptionByDefault: true }), expect: 'PASSED', path },
  { name: 'off', given: settings({ EbsEncryptionByDefault: false }), expect: 'FAILED', path, says: 'eu-west-1' },
  { name: 'not read', given: settings({ EbsDefaultKmsKeyId: 'alias/aws/ebs' }), expect: 'NOT_AVAILABLE', path },
  { name: 'a text', given: settings({ EbsEncryptionByDefault: 'true' }), expect: 'NOT_AVAILABLE', path },
  { name: 'null', given: settings({ EbsEncryptionByDefault: null }), expect: 'NOT_AVAILABLE', path },
];

specify(control, cases);
