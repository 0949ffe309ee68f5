// A relying party on the certified openid-client. Reads one JSON command a line, answers one JSON line each.
import readline from "node:readline";
import * as client from "openid-client";

const [issuer, clientId, clientSecret, redirectUri] = process.argv.slice(2);
const insecure = { execute: [client.allowInsecureRequests] }; // loopback without TLS
const authentication = clientSecret ? client.ClientSecretBasic(clientSecret) : client.None();
const config = await client.discovery(new URL(issuer), clientId, undefined, authentication, insecure);

const verifier = client.randomPKCECodeVerifier();
const state = client.randomState();
const nonce = client.randomNonce();
let tokens;

const commands = {
  async authorize({ pushed, ...more }) {
    const parameters = {
      redirect_uri: redirectUri,
      scope: "openid profile email",
      code_challenge: await client.calculatePKCECodeChallenge(verifier),
      code_challenge_method: "S256",
      state,
      nonce,
      ...more,
    };
    const build = pushed ? client.buildAuthorizationUrlWithPAR : client.buildAuthorizationUrl;
    return { url: (await build(config, parameters)).href };
  },
  async callback({ url, form }) {
    const arrived = form
      ? new Request(url, { method: "POST", body: new URLSearchParams(form) })
      : new URL(url);
    tokens = await client.authorizationCodeGrant(config, arrived, {
      pkceCodeVerifier: verifier,
      expectedState: state,
      expectedNonce: nonce,
      idTokenExpected: true,
      maxAge: 600,
    });
    return { claims: tokens.claims(), scope: tokens.scope };
  },
  async userinfo() {
    return await client.fetchUserInfo(config, tokens.access_token, tokens.claims().sub);
  },
  async refresh() {
    const renewed = await client.refreshTokenGrant(config, tokens.refresh_token);
    tokens = { ...tokens, access_token: renewed.access_token, refresh_token: renewed.refresh_token, claims: tokens.claims };
    return { scope: renewed.scope };
  },
  async introspect() {
    return await client.tokenIntrospection(config, tokens.access_token);
  },
  async revoke() {
    await client.tokenRevocation(config, tokens.refresh_token);
    return {};
  },
  async logout({ post_logout_redirect_uri }) {
    const parameters = { post_logout_redirect_uri, id_token_hint: tokens.id_token, state };
    return { url: client.buildEndSessionUrl(config, parameters).href, state };
  },
};

for await (const line of readline.createInterface({ input: process.stdin })) {
  const { command, ...parameters } = JSON.parse(line);
  let answer;
  try {
    answer = await commands[command](parameters);
  } catch (fault) {
    answer = { fault: fault.code ?? fault.message, error: fault.error ?? fault.cause?.error, message: String(fault.cause ?? fault) };
  }
  console.log(JSON.stringify(answer));
}
