variable "stage" {
  default = "dev"
}

variable "table" {}

locals {
  templates = "${path.module}/templates"
  group     = "Admins"
}

resource "aws_appsync_graphql_api" "notes" {
  name                = "notes-${var.stage}"
  authentication_type = "AMAZON_COGNITO_USER_POOLS"
  schema              = file("${path.module}/schema.graphql")

  user_pool_config {
    default_action = "ALLOW"
    user_pool_id   = aws_cognito_user_pool.users.id
  }

  additional_authentication_provider {
    authentication_type = "AWS_IAM"
  }
}

resource "aws_appsync_datasource" "none" {
  api_id = aws_appsync_graphql_api.notes.id
  name   = "none"
  type   = "NONE"
}

resource "aws_appsync_datasource" "notes" {
  api_id = aws_appsync_graphql_api.notes.id
  name   = "notes"
  type   = "AMAZON_DYNAMODB"
}

resource "aws_appsync_function" "steps" {
  for_each                  = { auth = "none", save = "notes" }
  api_id                    = aws_appsync_graphql_api.notes.id
  data_source               = each.value
  name                      = each.key
  request_mapping_template  = file("${local.templates}/${each.key}.request.vtl")
  response_mapping_template = file("${local.templates}/pass.vtl")
}

resource "aws_appsync_resolver" "get_note" {
  api_id      = aws_appsync_graphql_api.notes.id
  type        = "Query"
  field       = "getNote"
  data_source = aws_appsync_datasource.none.name

  request_template = templatefile("${local.templates}/getNote.request.vtl", {
    group = local.group
    table = var.table
  })

  response_template = <<EOF
$util.toJson($ctx.result)
EOF
}

resource "aws_appsync_resolver" "save_note" {
  api_id            = aws_appsync_graphql_api.notes.id
  type              = "Mutation"
  field             = "saveNote"
  kind              = "PIPELINE"
  request_template  = "{}"
  response_template = file("${local.templates}/pass.vtl")

  pipeline_config {
    functions = [aws_appsync_function.steps["auth"].function_id, aws_appsync_function.steps["save"].function_id]
  }
}
