import api from './index.js';

export const { Project, Template, VtlEvalError, check, diagnose, evaluate, explain, token } = api;
