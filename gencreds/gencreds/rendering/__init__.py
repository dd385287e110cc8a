"""How reports and differences are shown: tables for people, Markdown for pull requests, SARIF for code scanning."""
