"""The command ``pathways`` as ``python -m pathway_models``, and where its script begins."""

from pathway_models.cli import end_interrupted


def main() -> None:
    """Run the command line, which takes a while to import: Ctrl-C ends that in one line too."""
    try:
        from pathway_models.cli.main import main as command
    except KeyboardInterrupt:
        end_interrupted()
    command()


if __name__ == "__main__":
    main()
