import type { SwaggerOptions } from '@fastify/swagger';

/** What the OpenAPI document says besides the routes, which it is generated from. */
export function openApi(version: string): SwaggerOptions {
  return {
    openapi: {
      openapi: '3.1.0',
      info: {
        title: 'Hikeshi',
        version,
        description: 'The hub: findings from everywhere, decided by rules, answered by runs with approval.',
        license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
      },
      components: {
        securitySchemes: {
          bearer: {
            type: 'http',
            scheme: 'bearer',
            description: "an API token of the hub, or a token of the organization's OpenID Connect provider",
          },
          session: {
            type: 'apiKey',
            in: 'cookie',
            name: 'hikeshi_session',
            description: 'of a browser; a change also needs the header `x-hikeshi-csrf`',
          },
        },
      },
    },
  };
}
