/* eslint-disable */
const awsmobile = {
    "aws_project_region": "eu-central-1",
    "aws_appsync_graphqlEndpoint": "https://k3fkq7mzxh5bd2vjynpr8atucf.appsync-api.eu-central-1.amazonaws.com/graphql",
    "aws_appsync_region": "eu-central-1",
    "aws_appsync_authenticationType": "API_KEY",
    "aws_appsync_apiKey": "da2-m1n2b3v4c5x6z7l8k9j0h1g2f3"
};

export default awsmobile;
