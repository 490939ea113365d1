// Uploads by tus-js-client as it is: node tus_js.mjs URL FILE NAME OPTIONS-AS-JSON
//
// Prints what came of it as JSON. With `stopAfter` in the options it goes away after that many
// bytes; the next run goes on. Signs with AWS_ACCESS_KEY_ID, or sends DRIVE_TOKEN.

import { readFileSync } from "node:fs";
import aws4 from "aws4";
import tus from "tus-js-client";

const [url, file, name, text] = process.argv.slice(2);
const { stopAfter, parallelUploads, overridePatchMethod } = JSON.parse(text);
const { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_REGION, DRIVE_TOKEN } = process.env;

/** Signs each request with its body (SigV4), which tus-js-client has no option for. */
class SigningStack extends tus.DefaultHttpStack {
  createRequest(method, address) {
    const request = super.createRequest(method, address);
    const { host, pathname } = new URL(address);
    const send = request.send.bind(request);
    request.send = (body = null) => {
      const signed = aws4.sign(
        {
          service: "lambda",
          region: AWS_REGION,
          method,
          host,
          path: pathname,
          headers: { "Content-Type": request.getHeader("Content-Type") ?? "application/octet-stream" },
          body: body ?? "",
        },
        { accessKeyId: AWS_ACCESS_KEY_ID, secretAccessKey: AWS_SECRET_ACCESS_KEY },
      );
      for (const header of ["Authorization", "X-Amz-Date", "Content-Type"]) {
        request.setHeader(header, signed.headers[header]);
      }
      return send(body);
    };
    return request;
  }
}

const requests = [];
const told = (outcome) => console.log(JSON.stringify({ ...outcome, url: upload.url, requests }));

const upload = new tus.Upload(readFileSync(file), {
  endpoint: `${url}/uploads`,
  chunkSize: 4 * 1024 * 1024,
  metadata: { filename: name },
  retryDelays: null,
  addRequestId: true,
  overridePatchMethod,
  parallelUploads,
  urlStorage: new tus.FileUrlStorage(`${file}.urls.json`),
  headers: DRIVE_TOKEN ? { Authorization: `Bearer ${DRIVE_TOKEN}` } : {},
  httpStack: DRIVE_TOKEN ? new tus.DefaultHttpStack() : new SigningStack(),
  onAfterResponse: (request, response) => {
    requests.push([request.getMethod(), response.getStatus()]);
  },
  onChunkComplete: async (_size, accepted) => {
    if (stopAfter !== undefined && accepted >= stopAfter) {
      await upload.abort();
      told({ stoppedAt: accepted });
    }
  },
  onSuccess: () => told({ done: true }),
  onError: (error) => told({ error: error.message }),
});

const [previous] = await upload.findPreviousUploads();
if (previous) upload.resumeFromPreviousUpload(previous);
upload.start();
