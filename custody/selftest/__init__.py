"""Is this installation what was released, and does it still decide as the published vectors say?"""
