/**
 * Shell lines that run the image under a token of the pipeline's own issuer, which Entra ID takes in exchange for one of Azure's. Such a token is good for
 * minutes and a backup may take hours, so a new one is fetched every four minutes; the program reads the file each time it needs one.
 * Expects in the environment: AZURE_CLIENT_ID, AZURE_TENANT_ID, IMAGE, POLICY, TASK and SHARD.
 * @param request prints the issuer's answer
 * @param field of the answer that is the token
 * @param afterwards is run at the end, with the summary in `$folder/report/summary.md`
 */
export function federatedRun(request: string, field: string, afterwards: string): string {
  return `set -eu
folder="$(mktemp -d)"
mkdir "$folder/identity" "$folder/report"
fetch_token() {
  ${request} | jq -er .${field} > "$folder/next" && mv "$folder/next" "$folder/identity/token"
}
fetch_token
(while sleep 240; do fetch_token || true; done) &
refresher=$!
trap 'kill "$refresher"; rm -rf "$folder"' EXIT
status=0
docker run --rm --user "$(id -u):$(id -g)" \\
  --volume "$folder/identity:/identity:ro" --volume "$folder/report:/report" --volume "$PWD:/policy:ro" \\
  --env AZURE_CLIENT_ID --env AZURE_TENANT_ID --env AZURE_FEDERATED_TOKEN_FILE=/identity/token \\
  "$IMAGE" apply --policy "/policy/$POLICY" --only "$TASK" --shard "$SHARD" --report /report/summary.md || status=$?
${afterwards}
exit "$status"
`;
}
