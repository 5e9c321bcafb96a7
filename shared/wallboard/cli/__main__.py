"""`python -m wallboard.cli`."""

from wallboard.cli import main

raise SystemExit(main())
